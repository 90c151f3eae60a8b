"""Runs the program and the reference tests, and keeps their answers."""
import csv
import functools
import json
import os
import re
import subprocess
import sys
import time

LIMIT_S = 300


class Program:
    def __init__(self, binary, reference_tests, root, folder):
        self.binary, self.reference_tests, self.root, self.folder = binary, reference_tests, root, folder

    def answer(self, *arguments):
        """The JSON document that a command prints."""
        return json.loads(self.output([str(self.binary), *arguments, "--json"]))

    @functools.lru_cache
    def validation(self, what, *options):
        """(JSON document, rows) of `polyfleet validate`."""
        path = self.folder / ("-".join(["rows", what, *(o.strip("-") for o in options)]) + ".csv")
        document = self.answer("validate", what, *options, "--rows", str(path))
        with open(path, newline="") as file:
            return document, list(csv.DictReader(file))

    @functools.lru_cache
    def reference_messages(self):
        """{test case: [messages]} of the comparisons with other tools; stops where one fails."""
        names = "*ASTRA-sim*,*Calculon*,*collectives with*"
        text = self.output([str(self.reference_tests), f"-tc={names}", "--no-colors=true"])
        if "Status: SUCCESS!" not in text:
            sys.exit(f"{self.reference_tests}: a comparison fails:\n{text}")
        messages, case = {}, None
        for line in text.splitlines():
            if line.startswith("TEST CASE:"):
                case = line.removeprefix("TEST CASE:").strip()
            elif (found := re.search(r": MESSAGE: (.*)$", line)) and case:
                messages.setdefault(case, []).append(found.group(1).rstrip())
        return messages

    def timed(self, *arguments, **environment):
        """(wall seconds, processor seconds) of one run whose output is thrown away."""
        began = time.perf_counter()
        process = subprocess.Popen([str(self.binary), *arguments], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                   env=dict(os.environ, **environment))
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"polyfleet {' '.join(arguments)}: exit code {process.returncode}")
        return wall, usage.ru_utime + usage.ru_stime

    @staticmethod
    def output(command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}{done.stdout[-3000:]}")
        return done.stdout
