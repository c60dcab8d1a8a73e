"""Measures the window's start and memory beside a bare Tauri window, in turns, and prints the medians of the ratios.

The start is over when the first text stands on the display, which is read straight from the display's memory; the memory
is the proportional set size (PSS) of the program and all that it started, a few seconds later. Other WebKit windows that are
open at the time share pages with both and make PSS smaller.
"""

import argparse
import mmap
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from window.desktop import Desktop, end  # noqa: E402

# The pixels of a line of text with smooth edges have many colours, those of an empty window one or two.
TEXT_COLOURS = 12
GOAL = 1.1


class FramedDesktop(Desktop):
    """A desktop whose display keeps its pixels in a file."""

    def _answer(self, arguments) -> str:
        frame = self.folder("frame")

        def with_frame(out: str) -> list:
            command = arguments(out)
            return [*command, "-fbdir", frame] if command[0] == "Xvfb" else command

        return super()._answer(with_frame)

    def pixels(self) -> mmap.mmap:
        """Returns the display's memory, in the format of `xwd`."""
        with open(self.root / "frame/Xvfb_screen0", "rb") as file:
            return mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)


def has_text(pixels: mmap.mmap) -> bool:
    """Tells whether text stands anywhere; every seventh row is looked at, so that no line of text is missed."""
    # Fields of the header of an `xwd` file, which ends before the colour map.
    header, height, line, colours = (int.from_bytes(pixels[4 * i : 4 * i + 4], "big") for i in (0, 5, 12, 19))
    start = header + 12 * colours
    seen: set[bytes] = set()
    for row in range(0, height, 7):
        data = memoryview(pixels)[start + row * line : start + (row + 1) * line].cast("I")
        seen.update(set(data))
        if len(seen) >= TEXT_COLOURS:
            return True
    return False


def tree(pid: int) -> list[int]:
    """Returns a process and all that come from it."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").iterdir():
            try:
                found += map(int, (task / "children").read_text().split())
            except FileNotFoundError:
                # A thread that has just ended; its children went to another one, which is looked at too.
                continue
    return found


def pss(pid: int) -> float:
    """Returns the proportional set size of a process and all that come from it, in MiB."""
    lines = (line for p in tree(pid) for line in Path(f"/proc/{p}/smaps_rollup").read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def measure(app: Path, settle: float) -> tuple[float, float]:
    """Starts the program on an empty desktop; returns milliseconds to the first text, and MiB."""
    with FramedDesktop(keyring=False) as desktop:
        # As the real window sets it: else the bare one would have another renderer.
        desktop.environment["WEBKIT_DISABLE_DMABUF_RENDERER"] = "1"
        pixels = desktop.pixels()
        assert not has_text(pixels), "the display is empty before the start"
        begin = time.perf_counter()
        program = desktop.start([app])
        while not has_text(pixels):
            if time.perf_counter() - begin > 60:
                raise TimeoutError(f"{app} shows no text")
            time.sleep(0.002)
        milliseconds = 1000 * (time.perf_counter() - begin)
        time.sleep(settle)
        mebibytes = pss(program.pid)
        end(program)
        return milliseconds, mebibytes


def main() -> int:
    """Prints medians and ratios; returns 1 when a ratio is above the goal."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--app", type=Path, required=True)
    parser.add_argument("--bare", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--settle", type=float, default=3.0, help="seconds between the first text and the look at memory")
    options = parser.parse_args()
    programs = {"window": options.app.resolve(strict=True), "bare": options.bare.resolve(strict=True)}
    for app in programs.values():
        measure(app, 0)
    results: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for number in range(options.rounds):
        # In turns, and each first in half of the rounds, so that a busy moment meets both.
        for name in sorted(programs, reverse=bool(number % 2)):
            results[name].append(measure(programs[name], options.settle))
            print(f"  {name:6} {results[name][-1][0]:6.0f} ms {results[name][-1][1]:6.1f} MiB", file=sys.stderr)
    worst = 0.0
    for column, what, unit in ((0, "start to first text", "ms"), (1, "memory (PSS)", "MiB")):
        window, bare = ([result[column] for result in results[name]] for name in ("window", "bare"))
        # Round by round, because the machine's other work changes both more than they differ.
        ratio = statistics.median(w / b for w, b in zip(window, bare, strict=True))
        worst = max(worst, ratio)
        middles = f"{statistics.median(window):.0f} beside {statistics.median(bare):.0f} {unit}"
        print(f"{what}: {ratio:.2f} times the bare window (medians {middles}, {options.rounds} rounds)")
    return 0 if worst <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
