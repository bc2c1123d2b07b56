#!/bin/sh
# The browser tests drive Debian's Chromium. As root on Debian it is installed; elsewhere it is named.
[ -x /usr/bin/chromium ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "Missing: /usr/bin/chromium (on Debian, as root: apt-get install chromium)" >&2
exit 1
