package dev.hone.bench;

/** placeholder */
final class Disturbances {
  private Disturbances() {}

  static void run(Figures figures) throws Exception {}
}
