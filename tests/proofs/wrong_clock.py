"""`python wrong_clock.py DAYS MODULE ARGUMENTS...`: a module's program, whose clock is wrong.

What measures spans of time stays right, as it does on a host whose clock is set wrong.
"""

import datetime as dt
import runpy
import sys

import time_machine

if __name__ == "__main__":
    _, days, module, *arguments = sys.argv
    wrong = dt.datetime.now(dt.UTC) + dt.timedelta(days=float(days))
    time_machine.travel(wrong, tick=True).start()
    sys.path.pop(0)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
