"""What `import pgai` costs and brings along."""

import subprocess
import sys
import time

HEAVY = {
    "asyncio",
    "ssl",
    "dataclasses",
    "typing",
    "json",
    "socket",
    "inspect",
    "logging",
}
MOST_MS = 20


def test_nothing_heavy_is_imported(run_python):
    said = run_python(
        "import sys, pgai; print(*sys.modules)",
        options=(),
    )
    bare = run_python("import sys; print(*sys.modules)", options=())
    assert not (set(said.split()) - set(bare.split())) & HEAVY


def test_importing_is_quick():
    def milliseconds(script):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        return (time.perf_counter() - begun) * 1000

    milliseconds("import pgai")
    pairs = [(milliseconds("import pgai"), milliseconds("pass")) for _ in range(9)]
    # The least of each is what it costs when nothing else runs on the machine.
    assert min(a for a, _ in pairs) - min(b for _, b in pairs) < MOST_MS
