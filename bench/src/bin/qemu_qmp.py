"""The contestant of `wire` in Python: the package qemu.qmp.

It reads the name of a command at a time from its standard input, executes it,
and answers with the nanoseconds that it took by its own clock.
"""

import asyncio
import sys
import time

from qemu.qmp import QMPClient


async def main(path):
    client = QMPClient()
    await client.connect(path)
    print("ready", flush=True)
    for line in sys.stdin:
        command = line.strip()
        begin = time.perf_counter_ns()
        await client.execute(command)
        print(time.perf_counter_ns() - begin, flush=True)
    await client.disconnect()


asyncio.run(main(sys.argv[1]))
