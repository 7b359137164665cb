package dev.hone.layer.host;

/**
 * A process that is worth more than its neighbours: the service that is watched, its database.
 *
 * @param pid its process id
 * @param name how people call it; labels its metrics
 * @param withChildren whether its direct children count as part of it, as PostgreSQL's do
 */
public record ProtectedProcess(long pid, String name, boolean withChildren) {}
