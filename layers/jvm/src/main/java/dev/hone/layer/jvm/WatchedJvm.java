package dev.hone.layer.jvm;

/**
 * A JVM on this host that is observed at present.
 *
 * @param pid its process id
 * @param name its main class or jar, without package, path and arguments
 */
public record WatchedJvm(long pid, String name) {}
