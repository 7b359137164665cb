package dev.hone.layer.host;

/**
 * A process that cannot be mistaken for another: its number is given to others once it has ended,
 * but never with the same start time in the same life of the system.
 *
 * @param startTicks when it began, in ticks since boot
 * @param bootId {@code /proc/sys/kernel/random/boot_id}
 */
record ProcessIdentity(long pid, long startTicks, String bootId) {}
