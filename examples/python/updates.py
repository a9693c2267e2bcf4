"""Does Python lose updates? One thread counts x up, another counts it down: it should end at 0.

    python3 examples/python/updates.py

CPython has a global interpreter lock, the GIL: only the thread that holds it runs. Yet `x += 1` is not one
step: it loads x, adds, and stores x. If the GIL goes to the other thread after the load and comes back
before the store, the store undoes what the other thread has done meanwhile: updates are lost. So it
matters where the interpreter lets go of the GIL, and that depends on the version:

    3.9 and earlier   between almost any two bytecodes          x += 1 loses updates
    3.10 and later    at jumps backwards and at function calls  x += 1 loses none, x = x + one() does
    free-threaded     there is no GIL                           both lose updates

The language promises none of this. `with lock:` is right in all of them. The programs run in every CPython
(3.6 or later) that is found here. The exit code is 0 if all that was seen is allowed by these rules, 1 if
not, and 2 if the arguments are wrong or a Python does not do its work.
"""

import argparse
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import threading

# What the one thread does in each round, and what the other does. The function `one` returns 1.
FORMS = {
    "plain": ("x += 1", "x -= 1"),
    "call": ("x = x + one()", "x = x - one()"),
}
PROGRAMS = [("plain", False), ("call", False), ("plain", True), ("call", True)]  # forms, and with a lock?

# The source of a thread. It is the same as if these lines were in a module of their own.
THREAD = """
def thread(rounds):
    global x
    for _ in range(rounds):
        {update}
"""

GENERATIONS = {
    "between-bytecodes": "the GIL may change hands between almost any two bytecodes",
    "jumps-and-calls": "the GIL may change hands at jumps backwards and at function calls",
    "no-gil": "there is no GIL: threads run at the same time",
}

NAMES = ["python3"] + ["python3.%d" % minor for minor in range(9, 15)] + ["python3.13t", "python3.14t"]
SECONDS = 120  # the time limit for all runs of one program


# The rules: what is possible.

def generation(version, gil):
    """Which rules a CPython follows: one of this version, like "3.11.7", that uses its GIL or does not."""
    major, minor = (int(number) for number in version.split(".")[:2])
    if not gil:
        return "no-gil"
    return "between-bytecodes" if (major, minor) < (3, 10) else "jumps-and-calls"


def possible(rules, form, locked, rounds):
    """The least and the most that x can be at the end."""
    if locked or (rules == "jumps-and-calls" and form == "plain"):
        return 0, 0
    return -rounds, rounds  # The updates of one thread may all be lost, and none of the other's.


# In each Python: this file starts again as `updates.py --child ...`, and runs one program.

def count(form, locked, rounds):
    """Runs the two threads once, and returns what x is at the end."""
    module = {"x": 0, "one": lambda: 1, "lock": threading.Lock()}
    ready = threading.Barrier(2)

    def start(update):
        exec(THREAD.format(update=update), module)
        work = module["thread"]
        thread = threading.Thread(target=lambda: (ready.wait(), work(rounds)))
        thread.start()
        return thread

    for thread in [start("with lock: " + update if locked else update) for update in FORMS[form]]:
        thread.join()
    return module["x"]


def child(form, locked, rounds, runs):
    """Runs one program several times, and prints what this Python is and what it saw."""
    sys.setswitchinterval(1e-6)  # How long to wait before asking for the GIL: usually 5 milliseconds.
    answer = {
        "implementation": platform.python_implementation(),
        "version": platform.python_version(),
        "build": sys.version,
        "seen": [count(form, locked == "locked", int(rounds)) for _ in range(int(runs))],
    }
    built_with_gil = not sysconfig.get_config_var("Py_GIL_DISABLED")
    answer["gil"] = getattr(sys, "_is_gil_enabled", lambda: built_with_gil)()
    print(json.dumps(answer))


# Here: find Pythons, and ask them.

class Unusable(Exception):
    """Why a Python is of no use."""


def ask(python, form, locked, rounds, runs):
    """Runs one program in a process of its own. Returns what `child` has printed there."""
    words = [form, "locked" if locked else "free", str(rounds), str(runs)]
    command = [python, os.path.abspath(__file__), "--child"] + words
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    try:
        done = subprocess.run(command, timeout=SECONDS, **pipes)
    except OSError as error:
        raise Unusable("it cannot be started: %s" % error.strerror)
    except subprocess.TimeoutExpired:
        raise Unusable("it took more than %d seconds: try fewer --rounds or --runs" % SECONDS)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["nothing"]
        reason = said[-1] if "Error" in said[-1] else said[0]
        raise Unusable("it failed with code %d, and said: %s" % (done.returncode, reason.strip()))
    try:
        answer = json.loads(done.stdout.decode("utf-8"))
        generation(answer["version"], answer["gil"])
        answer["key"] = (answer["implementation"], str(answer["build"]), bool(answer["gil"]))
        if len(answer["seen"]) == runs and all(type(x) is int for x in answer["seen"]):
            return answer
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise Unusable("it does not answer as Python 3.6 or later would")


def find(paths):
    """Those of these Pythons that can be used, each build once; and why the others are left out."""
    found, left_out = {}, []
    for path in paths:
        try:
            who = ask(path, "plain", False, 0, 0)
            if who["implementation"] != "CPython":
                raise Unusable("it is %(implementation)s, and the rules are those of CPython" % who)
            found.setdefault(who["key"], (path, who))
        except Unusable as reason:
            left_out.append({"python": path, "reason": str(reason)})
    return list(found.values()), left_out


def measure(path, who, form, locked, rounds, runs):
    """Runs one program, and judges what was seen."""
    rules = generation(who["version"], who["gil"])
    least, most = possible(rules, form, locked, rounds)
    try:
        seen = ask(path, form, locked, rounds, runs)["seen"]
    except Unusable as reason:
        raise Unusable("%s: %s: %s" % (path, FORMS[form][0], reason))
    entry = {"python": path, "version": who["version"], "gil": who["gil"], "generation": rules}
    entry.update(form=form, locked=locked, rounds=rounds, seen=seen, least=least, most=most)
    entry["allowed"] = all(least <= x <= most for x in seen)
    return entry


# What is printed.

def say(line):
    """Prints a line at once, whatever characters a path may have."""
    encoding = sys.stdout.encoding or "ascii"
    print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def say_row(program, seen, may_be, verdict, runs):
    say("  %-25s  %-*s  %-19s  %s" % (program, max(12, 9 * runs), seen, may_be, verdict))


def say_entry(entry):
    """Prints the row of one program, below a heading if it is the first in its Python."""
    runs = len(entry["seen"])
    if (entry["form"], entry["locked"]) == PROGRAMS[0]:
        gil = "with the GIL" if entry["gil"] else "without a GIL"
        say("CPython %s, %s: %s" % (entry["version"], gil, entry["python"]))
        say("(%s: %s)" % (entry["generation"], GENERATIONS[entry["generation"]]))
        say_row("in each round", "x at the end", "it may be", "so this is", runs)
    program = ("with lock: " if entry["locked"] else "") + FORMS[entry["form"]][0]
    may_be = "0" if entry["most"] == 0 else "%(least)d to %(most)d" % entry
    verdict = "allowed" if entry["allowed"] else "NOT ALLOWED"
    say_row(program, ", ".join(map(str, entry["seen"])), may_be, verdict, runs)
    if (entry["form"], entry["locked"]) == PROGRAMS[-1]:
        say("")


def say_end(results, left_out):
    for entry in left_out:
        say("Left out: %(python)s: %(reason)s" % entry)
    wrong = sum(not entry["allowed"] for entry in results)
    if wrong:
        say("NOT ALLOWED: %d of %d. For these Pythons the rules do not hold." % (wrong, len(results)))
    else:
        say("All that was seen is allowed. Where more than 0 is possible, seeing only 0 proves nothing: the")
        say("threads may hardly have run at the same time, as on a busy machine with one core.")


# The command line.

def positive(text):
    if not text.isdecimal() or len(text) > 9 or int(text) == 0:
        raise argparse.ArgumentTypeError("%r is not a whole number from 1 to 999999999" % text)
    return int(text)


def parser():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--rounds", type=positive, default=300000, metavar="N", help="of each thread (300000)")
    words.add_argument("--runs", type=positive, default=3, metavar="K", help="of each program (3)")
    words.add_argument("--python", action="append", metavar="PATH", help="use this one (repeatable)")
    words.add_argument("--json", action="store_true", help="print one document for programs")
    return words


def main():
    arguments = parser().parse_args()
    candidates = [sys.executable] + [shutil.which(name) for name in NAMES]
    pythons, left_out = find(arguments.python or [path for path in dict.fromkeys(candidates) if path])
    if not pythons or (arguments.python and left_out):
        parser().error("; ".join("%(python)s: %(reason)s" % entry for entry in left_out))
    results = []
    for (path, who), (form, locked) in itertools.product(pythons, PROGRAMS):
        results.append(measure(path, who, form, locked, arguments.rounds, arguments.runs))
        if not arguments.json:
            say_entry(results[-1])
    if arguments.json:
        say(json.dumps({"schema": 1, "results": results, "left_out": left_out}, indent=2))
    else:
        say_end(results, left_out)
    return 0 if all(entry["allowed"] for entry in results) else 1


if __name__ == "__main__":
    try:
        sys.exit(child(*sys.argv[2:]) if sys.argv[1:2] == ["--child"] else main())
    except Unusable as unusable:
        print("error: %s" % unusable, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(4)
