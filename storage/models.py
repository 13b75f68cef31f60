"""The folder of trained models: which one is served, what each learnt of the staff, and how another takes its place.

Beside a model ``NAME.tar.gz`` lies ``NAME.yml`` where it learnt examples of the staff's, as Rasa's NLU data. The file
``serving`` names the model that is served; whoever serves follows it, so writing it is the switch.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

SERVING = "serving"
_SUFFIX = ".tar.gz"
_NAME = re.compile(r"motcua-[a-z0-9-]{1,60}")


def model_file(folder: Path, name: str) -> Path:
    """Where a model of a name lies, or would."""
    return folder / f"{name}{_SUFFIX}"


def name_of(model: Path) -> str:
    """The name of a model's file."""
    return model.name.removesuffix(_SUFFIX)


def examples_file(folder: Path, name: str) -> Path:
    """Where the staff's examples that a model learnt lie; no such file where it learnt none."""
    return folder / f"{name}.yml"


def models(folder: Path) -> list[Path]:
    """All models, the newest first."""
    return sorted(folder.glob(f"motcua-*{_SUFFIX}"), key=lambda path: (-path.stat().st_mtime, path.name))


def serving(folder: Path) -> Optional[Path]:
    """The model that is to be served: the one that was chosen, else the newest; None where there is none."""
    return chosen(folder) or next(iter(models(folder)), None)


def chosen(folder: Path) -> Optional[Path]:
    """The model that was chosen to be served; None where nobody has chosen, or it is gone."""
    try:
        name = (folder / SERVING).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    path = model_file(folder, name)
    return path if _NAME.fullmatch(name) and path.is_file() else None


def serve(folder: Path, name: str) -> bool:
    """Choose the model to be served; False where there is none of that name.

    Raises:
        OSError: the folder can't be written.
    """
    if not _NAME.fullmatch(name) or not model_file(folder, name).is_file():
        return False
    fresh = folder / f".{SERVING}.{os.getpid()}"
    fresh.write_text(f"{name}\n", encoding="ascii")
    fresh.replace(folder / SERVING)
    return True


def forget_old(folder: Path, kept: int, spared: frozenset[str]) -> None:
    """Delete all but the newest models.

    Args:
        folder: of the models.
        kept: how many stay.
        spared: names of models that stay, however old they are; the one that is served stays always.
    """
    now = serving(folder)
    names = spared | ({name_of(now)} if now else set())
    rest = [model for model in models(folder) if name_of(model) not in names]
    for model in rest[max(0, kept - len(names)) :]:
        model.unlink()
        examples_file(folder, name_of(model)).unlink(missing_ok=True)


def writable(folder: Path) -> bool:
    """Say whether models can be added here; those of a container's image can't."""
    there: Iterator[Path] = (path for path in (folder, *folder.absolute().parents) if path.exists())
    return os.access(next(there), os.W_OK)
