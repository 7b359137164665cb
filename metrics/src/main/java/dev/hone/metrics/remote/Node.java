package dev.hone.metrics.remote;

/** A backend at run time: how it is reached, and what it was sent. */
record Node(Backend backend, Link link, Lane lane) implements AutoCloseable {
  String name() {
    return backend.name();
  }

  @Override
  public void close() {
    lane.close();
    link.close();
  }
}
