"""A file that is written beside its target, and goes on where a killed job left it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import time
import zlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pgai

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from ._walk import Place

SAVE_EVERY = 1.0  # seconds
WRITE_FROM = 256 * 1024  # bytes that are gathered
TAIL = 4096  # bytes at the end, by which a part is known again


class Part:
    """The unfinished file of a job, `TARGET.part`, and its state, `TARGET.part.json`.

    The state says how many bytes of the file count, and where the job stood behind them.
    It is replaced at most once a second, when those bytes are on the disk. What a killed
    job wrote behind them is cut off when the next one goes on. So the file never has a
    contact twice, nor half of one.

    Attributes
    ----------
    place : dict or None
        Where the run before stood, which is continued; None: this one begins.
    """

    def __init__(
        self,
        target: str | os.PathLike[str],
        settings: Mapping[str, Any],
        *,
        resume: bool,
        force: bool,
    ) -> None:
        self.target = pathlib.Path(os.path.realpath(target))
        self.path = _beside(self.target, ".part")
        self.place: dict[str, Any] | None = None
        self._state = _beside(self.target, ".part.json")
        self._settings = dict(settings)
        self._size = 0
        self._waiting = bytearray()
        self._place: Place | None = None
        self._saved = time.monotonic()
        self._force = force
        if not self.path.exists():  # it was killed when it had ended
            self._state.unlink(missing_ok=True)
        self._check_target()
        self._file = _open_alone(self.path)
        try:
            self._begin(resume)
        except BaseException:
            self._file.close()
            raise

    def _check_target(self) -> None:
        if not self.target.parent.is_dir():
            raise FileNotFoundError(
                f"there is no folder {self.target.parent}: make it, or choose another"
            )
        if self.target.exists() and not self.target.is_file():
            raise pgai.UsageError(
                f"{self.target} is no file: choose another name, or write to a stream"
            )
        if self.target.exists() and not self._force:
            raise FileExistsError(
                f"{self.target} exists: choose another name, or replace it with force"
            )

    def _begin(self, resume: bool) -> None:
        state = _read_state(self._state)
        if state is not None and resume:
            self._continue(state)
        elif state is not None and not self._force:
            raise pgai.UsageError(
                f"{self.path} is unfinished: resume goes on with it, force begins anew"
            )
        self._file.truncate(self._size)
        self._file.seek(self._size)
        if self.place is None:
            self._state.unlink(missing_ok=True)

    def _continue(self, state: dict[str, Any]) -> None:
        for name, value in self._settings.items():
            before = state["settings"].get(name)
            if before != value:
                raise pgai.UsageError(
                    f"{self.path} was begun with {name} {before!r}, not {value!r}: "
                    "give the same, or begin anew with force"
                )
        size = state["size"]
        if self._file.seek(0, os.SEEK_END) < size or self._tail(size) != state["tail"]:
            raise pgai.UsageError(
                f"{self.path} is not what the job wrote: begin anew with force"
            )
        self._size, self.place = size, state["place"]

    def _tail(self, size: int) -> int:
        """Return a checksum of the last bytes, of so many."""
        first = max(0, size - TAIL)
        return zlib.crc32(os.pread(self._file.fileno(), size - first, first))

    def append(self, data: bytes, place: Place) -> None:
        """Write behind what there is, and remember where the job stands then.

        Raises OSError; what was saved before is kept.
        """
        self._waiting += data
        self._place = place
        if len(self._waiting) >= WRITE_FROM:
            self._write()
        if time.monotonic() - self._saved >= SAVE_EVERY:
            self.save()

    def _write(self) -> None:
        while self._waiting:
            written = self._file.write(self._waiting)
            del self._waiting[:written]
            self._size += written

    def save(self) -> None:
        """Bring to the disk what was appended, and the state that says so."""
        if self._place is None:
            return
        self._write()
        state = {
            "settings": self._settings,
            "size": self._size,
            "tail": self._tail(self._size),
            "place": asdict(self._place),
        }
        os.fsync(self._file.fileno())
        replace_file(self._state, json.dumps(state).encode())
        self._saved = time.monotonic()

    def finish(
        self, build: Callable[[pathlib.Path, pathlib.Path], None] | None = None
    ) -> None:
        """Make the target of the part: rename it, or what `build` makes of it."""
        self.save()
        whole = self.path
        if build is not None:
            whole = _beside(self.target, ".part.build")
            whole.unlink(missing_ok=True)
            build(self.path, whole)
            _sync(whole)
        self._check_target()
        os.replace(whole, self.target)
        _sync(self.target.parent)
        self.path.unlink(missing_ok=True)
        self._state.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is not None and self.path.exists():
                # The first error says more than one of the disk that comes behind it.
                with contextlib.suppress(OSError):
                    self.save()
        finally:
            self._file.close()


def _beside(target: pathlib.Path, ending: str) -> pathlib.Path:
    return target.with_name(target.name + ending)


def _open_alone(path: pathlib.Path) -> Any:
    """Open a file that no other job writes; what is in it stays."""
    while True:
        file = open(path, "ab+", buffering=0)  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise pgai.UsageError(
                f"another job writes {path} now: wait for its end, or choose another name"
            ) from None
        # The other job may have ended, and renamed the file, between both calls.
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.stat(path), os.fstat(file.fileno())):
                return file
        file.close()


def _read_state(path: pathlib.Path) -> dict[str, Any] | None:
    """Read what an earlier job left; None: there is none."""
    try:
        state = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValueError:
        state = None
    if (
        isinstance(state, dict)
        and isinstance(state.get("settings"), dict)
        and isinstance(state.get("place"), dict)
        and isinstance(state.get("size"), int)
        and state["size"] >= 0
        and isinstance(state.get("tail"), int)
    ):
        return state
    raise pgai.UsageError(f"{path} is not the state of a job: remove it, and begin anew")


def replace_file(path: pathlib.Path, data: bytes) -> None:
    """Write a file beside, and rename it when it is on the disk."""
    new = path.with_name(path.name + ".new")
    with open(new, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)


def _sync(path: pathlib.Path) -> None:
    """Bring a file or the names in a folder to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
