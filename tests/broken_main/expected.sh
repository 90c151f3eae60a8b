#!/bin/sh
# A bug of ours ends a command with exit code 3 and one line that says where, also out of a thread.
# Usage: expected.sh PROGRAM
for where in here threads; do
  said=$("$1" "$where" 2>&1)
  code=$?
  case "$said" in
    "internal error at "*"commands_that_break.cpp:"*": i != 1: the second piece is done") ;;
    *) echo "$where: said: $said"; exit 1 ;;
  esac
  [ "$code" = 3 ] || { echo "$where: exit code $code, not 3"; exit 1; }
  [ "$(printf '%s\n' "$said" | wc -l)" = 1 ] || { echo "$where: more than one line: $said"; exit 1; }
done
