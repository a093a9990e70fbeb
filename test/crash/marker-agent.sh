#!/bin/sh
# An agent for the tests of the real daemon: counts real executions, and misbehaves as its prompt says.
#
# Every execution appends one line when it begins and one when it ends well, each in a single write to a file opened for
# appending: so lines of several processes never mix, and a killed process leaves a whole line or none. Who counts the
# lines counts executions, not rows. The prompt's lines are carried out in order.
set -u
dir=${MARKERS:-$HOME}

# The lock is inherited by every process of this execution, grandchildren in other sessions included: whoever cannot
# have it was started while a process of an earlier run of the same automation still lived.
hold_lock() {
  exec 9>>"$dir/lock.$ROUSE_JOB_ID"
  flock -n 9 || printf '%s %s\n' "$ROUSE_RUN_ID" "$ROUSE_ATTEMPT" >>"$dir/violations"
}

mark() {
  printf '%s %s %s %s %s %s %s\n' \
    "$1" "$ROUSE_RUN_ID" "$ROUSE_FIRE_ID" "$ROUSE_ATTEMPT" "${ROUSE_SCHEDULED_AT:--}" $$ "$(date +%s%3N)" >>"$dir/executions"
}

mark begin
while read -r verb rest || [ -n "$verb" ]; do
  case $verb in
    exclusively) hold_lock ;;
    sleep) sleep "$rest" ;;
    say) printf '%s\n' "$rest" ;;
    fail) exit 1 ;;
    fail-first) [ "$ROUSE_ATTEMPT" -gt 1 ] || exit 1 ;;
    crash) kill -9 $$ ;;
    stubborn) trap '' TERM ;;
    # In a session of its own, deaf to SIGTERM, and silent, so that nothing but the process table knows of it.
    grandchild)
      # A retry finds the lines of the attempts before; it waits for its own.
      before=$(grep -c . "$dir/grandchildren" 2>/dev/null || :)
      setsid sh -c 'trap "" TERM HUP INT; echo $$ >>"$0/grandchildren"; exec >/dev/null 2>&1; while :; do sleep 1000; done' "$dir" &
      while [ "$(grep -c . "$dir/grandchildren" 2>/dev/null || :)" = "$before" ]; do sleep 0.01; done
      ;;
    hang-first) [ "$ROUSE_ATTEMPT" -gt 1 ] || while :; do sleep 1000; done ;;
    hang) while :; do sleep 1000; done ;;
    flood) yes 'this is what a flood looks like' | head -c "$rest" ;;
    garbage) head -c "$rest" /dev/urandom ;;
    silent) mark end; exit 0 ;;
    *) ;;
  esac
done
mark end
echo done
