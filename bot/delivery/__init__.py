"""The post room: takes messages out of the log, has them answered, and carries the answers to the channels."""
