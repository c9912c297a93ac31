"""When a task is due: pure functions over a schedule, what is remembered, and the time."""
