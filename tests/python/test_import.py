"""What `import pgai` costs and brings along."""

import resource
import subprocess
import sys

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
MAX_MS = 20


def test_nothing_heavy_is_imported(run_python):
    said = run_python(
        "import sys, pgai; print(*sys.modules)",
        options=(),
    )
    bare = run_python("import sys; print(*sys.modules)", options=())
    assert not (set(said.split()) - set(bare.split())) & HEAVY


def test_importing_is_quick():
    # Of the processor, which others on the machine do not add to.
    def spent():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (usage.ru_utime + usage.ru_stime) * 1000

    def milliseconds(script):
        before = spent()
        subprocess.run([sys.executable, "-c", script], check=True)
        return spent() - before

    milliseconds("import pgai")
    pairs = [(milliseconds("import pgai"), milliseconds("pass")) for _ in range(9)]
    assert min(a for a, _ in pairs) - min(b for _, b in pairs) < MAX_MS
