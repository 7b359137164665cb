package dev.hone.layer.host;

/** One file, or a few that belong together, that the probe reads each round. */
interface Source extends AutoCloseable {
  /** Puts this round's numbers; does nothing when the file is not there. */
  void sample() throws InterruptedException;

  @Override
  void close();
}
