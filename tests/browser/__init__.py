"""Tests that drive the real Chromium."""
