package dev.hone.loop;

/** The load generator as the loop knows it, for designs that repeat a load test. */
@FunctionalInterface
public interface Workload {
  /** No load generator. */
  Workload NONE =
      scenario -> {
        throw new KnobException(
            KnobException.Reason.FAILED,
            "there is no load generator that could run `" + scenario + "`");
      };

  /**
   * Begins to put load on the target; returns when it is running.
   *
   * @param scenario which load, see {@link Design.RepeatedLoadTest}
   * @throws KnobException when it cannot; the experiment ends then
   */
  Running start(String scenario) throws KnobException, InterruptedException;

  /** Load that is running. */
  @FunctionalInterface
  interface Running extends AutoCloseable {
    /** Ends the load; returns when no request is under way. */
    @Override
    void close();
  }
}
