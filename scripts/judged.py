"""Hold what pip-audit found against docs/security.md: judged.py FOUND.json SECURITY.md."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def unjudged(found: dict[str, Any], page: str) -> list[str]:
    """Lines for advisories of which neither the number nor another name of it stands on the page."""
    return [
        f"{package['name']} {package['version']}: {flaw['id']} {' '.join(flaw.get('aliases', []))}".strip()
        for package in found["dependencies"]
        for flaw in package.get("vulns", [])
        if not any(name in page for name in (flaw["id"], *flaw.get("aliases", [])))
    ]


def unknown(found: dict[str, Any]) -> list[str]:
    """Names of packages that couldn't be looked up."""
    return [package["name"] for package in found["dependencies"] if "skip_reason" in package]


def main() -> None:
    """Tell, and end with 0, 1 or 2 as scripts/audit.sh says."""
    found = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    missing, away = unjudged(found, Path(sys.argv[2]).read_text(encoding="utf-8")), unknown(found)
    flaws = sum(len(package.get("vulns", [])) for package in found["dependencies"])
    print(
        f"{len(found['dependencies']) - len(away)} gói đã tra, {flaws} lỗ hổng đã biết, {len(missing)} chưa đánh giá."
    )
    for line in missing:
        print(f"  chưa có trong docs/security.md: {line}")
    if away:
        print(
            f"Không tra được {len(away)} gói (không tới được nơi công bố lỗ hổng): chưa thể nói là sạch.",
            file=sys.stderr,
        )
    sys.exit(1 if missing else 2 if away else 0)


if __name__ == "__main__":
    main()
