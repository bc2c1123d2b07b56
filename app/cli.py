"""`straatcontact build | serve | demo | init | backup | restore | confirm-rolls | doctor | verify-build | directory`.

Each job imports only what it needs.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sync.core.errors import BadInput, StraatError

if TYPE_CHECKING:
    from sync.server.limits import Limits

BUILD = Path("build/web")


def _mib(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 is the least")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="straatcontact", description="Offline-first, end-to-end encrypted.")
    jobs = parser.add_subparsers(dest="job", required=True)
    build = jobs.add_parser("build", help="make the phone app as a static site")
    build.add_argument("--out", type=Path, default=BUILD)
    build.add_argument("--quick", action="store_true", help="pack roughly, for this machine: a minute less")
    build.add_argument("--pseudo", action="store_true", help="with a right-to-left language for testers")
    for name, what in (
        ("serve", "run the server on a data folder"),
        ("demo", "run a small fictional organisation and print links to try it"),
        ("init", "make an empty organisation and print its first coordinator's link"),
    ):
        job = jobs.add_parser(name, help=what)
        job.add_argument("--data", type=Path, default=Path("data"))
        job.add_argument("--port", type=int, default=8550)
        job.add_argument("--host", default="127.0.0.1")
        job.add_argument("--site", type=Path, default=BUILD, help="folder made by `build`")
        job.add_argument("--origin", default="", help="address people use, where it is not this machine's own")
    demo = jobs.choices["demo"]
    demo.add_argument("--visits", type=int, default=0, metavar="N", help="a large organisation: so many, of two years")
    demo.add_argument("--seed", type=int, default=1, metavar="N", help="the same seed makes the same organisation")
    backup = jobs.add_parser("backup", help="make a verified copy of the store, while it is in use or not")
    backup.add_argument("--data", type=Path, default=Path("data"))
    backup.add_argument("--to", required=True, metavar="PLACE", help="a folder (made if it ends in /), or a new file")
    backup.add_argument("--keep-days", type=int, metavar="N", help="remove backups in that folder that are older")
    restore = jobs.add_parser("restore", help="put a backup back, with what was erased since erased again")
    restore.add_argument("--data", type=Path, default=Path("data"))
    restore.add_argument("--from", dest="backup", type=Path, required=True, metavar="FILE")
    restore.add_argument("--replace", action="store_true", help="move the store that is there aside first")
    serve = jobs.choices["serve"]
    serve.add_argument("--log", choices=("text", "json"), default="text", help="how it logs to standard error")
    serve.add_argument("--metrics-port", type=int, default=0, metavar="N", help="figures for Prometheus, on 127.0.0.1")
    serve.add_argument("--drain-seconds", type=float, default=0, metavar="N", help="not ready, but answering, so long")
    confirm = jobs.add_parser("confirm-rolls", help="after a restore, when devices can't do it: new entries are taken")
    confirm.add_argument("--data", type=Path, default=Path("data"))
    doctor = jobs.add_parser("doctor", help="is all well with a server? 0 well, 1 look at it some day, 2 now")
    doctor.add_argument("--data", type=Path, default=Path("data"))
    doctor.add_argument("--url", default="", help="the address people use: its certificate, clock and versions too")
    doctor.add_argument("--site", type=Path, default=BUILD, help="folder made by `build`")
    doctor.add_argument("--backups", type=Path, metavar="FOLDER", help="how old are they?")
    doctor.add_argument("--json", action="store_true", help="for another program to read")
    for job in (serve, doctor):
        job.add_argument("--device-mib", type=_mib, default=2048, metavar="N", help="what one device may store")
        job.add_argument("--organisation-mib", type=_mib, default=51_200, metavar="N", help="what all of one may store")
    verify = jobs.add_parser("verify-build", help="is the site at an address the build that was published?")
    verify.add_argument("url", metavar="URL", help="the address people use, such as https://straat.example")
    verify.add_argument(
        "--hashes", type=Path, metavar="FILE", help="a published hashes.txt; without it, a build made here"
    )
    directory = jobs.add_parser("directory", help="help lines as HSDS 3.0, out and in")
    ways = directory.add_subparsers(dest="way", required=True)
    export = ways.add_parser("export", help="write the built-in lines, or those of a file, as HSDS")
    export.add_argument("--lines", type=Path, metavar="FILE", help="a file of lines made by `directory import`")
    export.add_argument("--out", type=Path, required=True, metavar="FILE")
    import_ = ways.add_parser("import", help="read HSDS into a file of lines")
    import_.add_argument("file", type=Path, metavar="FILE")
    import_.add_argument("--out", type=Path, required=True, metavar="FILE")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one job; 0 when it went well."""
    args = _parser().parse_args(arguments)
    try:
        return _run(args)
    except StraatError as error:
        what = f"{error.code}: {error.detail}" if error.detail else str(error)  # the sentence is for who holds a phone
        print(f"straatcontact: {what}", file=sys.stderr)
        return 1


def _limits(args: argparse.Namespace) -> "Limits":
    from sync.server.limits import MIB, Limits

    if args.organisation_mib < args.device_mib:
        told = f"{args.organisation_mib} is less than one device may have (--device-mib {args.device_mib}): give both"
        raise BadInput("organisation-mib", told)
    return Limits(args.device_mib * MIB, args.organisation_mib * MIB)


def _say(line: str) -> None:
    print(line, flush=True)


def _run(args: argparse.Namespace) -> int:
    if args.job == "build":
        from app.web.build import build

        build(args.out, args.pseudo, args.quick)
        return 0
    if args.job == "verify-build":
        from app.commands.verify_build import verify_build

        return 0 if verify_build(args.url, args.hashes, lambda line: print(line, flush=True)) else 1
    if args.job == "directory":
        from app.commands import directory

        if args.way == "export":
            directory.export(args.lines, args.out, print)
        else:
            directory.import_(args.file, args.out, print)
        return 0
    if args.job == "backup":
        from app.commands.backup import backup

        backup(args.data, Path(args.to), args.keep_days, _say, args.to.endswith("/"))
        return 0
    if args.job == "restore":
        from app.commands.restore import restore

        restore(args.data, args.backup, args.replace, _say)
        return 0
    if args.job == "confirm-rolls":
        from app.commands.restore import confirm

        confirm(args.data, _say)
        return 0
    if args.job == "doctor":
        from app.commands import doctor

        return doctor.run(args.data, args.url, args.site, args.backups, _limits(args), args.json, _say)
    origin = args.origin or f"http://localhost:{args.port}"
    if args.job == "init":
        from app.commands.serve import init

        print(init(args.data, origin))
        return 0
    if not (args.site / "site.json").exists():
        from app.web.build import build

        build(args.site, quick=args.job == "demo")
    if args.job == "serve":
        from app.commands.serve import Options, serve

        options = Options(args.log == "json", args.metrics_port, args.drain_seconds, _limits(args))
        serve(args.data, args.host, args.port, args.site, options)
        return 0
    from app.commands.demo import demo

    demo(args.data, args.host, args.port, args.site, origin, args.visits, args.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
