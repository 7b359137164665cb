package dev.hone.bench.loop;

/**
 * What a change really does, in full force. A quantity is multiplied by the exponential of its size
 * times a share that goes to 1 while the change is on and to 0 while it is off, exponentially with
 * time constant {@code settling}.
 *
 * @param primary log of the factor on the primary signal
 * @param p99 log of the factor on the 99th percentile
 * @param errors log of the factor on the share of failed requests
 * @param proof log of the factor on the proof signal of a one-way change
 * @param spread factor on the deviation of the primary signal's noise
 * @param settling time constant in seconds, 0 for at once
 * @param onset seconds after the first application; turned on before then it does nothing
 * @param delay seconds for which it must have been on, each time, before it does anything
 */
record Injection(
    double primary,
    double p99,
    double errors,
    double proof,
    double spread,
    double settling,
    int onset,
    int delay) {
  /** Time constant of the effects that are not about settling: 90 % are there after 14 s. */
  static final double USUAL_SETTLING = 6;

  /** What the knobs declare as their settling time, in seconds. */
  static final int DECLARED_SETTLING = 15;

  /** A one-way change moves its proof signal this many times further than the primary one. */
  private static final double PROOF_SHARE = 3;

  /** A change that does nothing. */
  static final Injection NOTHING = new Injection(0, 0, 0, 0, 1, 0, 0, 0);

  /** A change of the primary signal, its 99th percentile and its proof; −0.1 is 10 % lower. */
  static Injection of(double relative) {
    double size = Math.log1p(relative);
    return new Injection(size, size, 0, PROOF_SHARE * size, 1, USUAL_SETTLING, 0, 0);
  }

  /** The same with another size on the primary signal and its 99th percentile. */
  Injection withPrimary(double size) {
    return new Injection(size, size, errors, proof, spread, settling, onset, delay);
  }

  Injection withErrors(double factor) {
    return new Injection(primary, p99, Math.log(factor), proof, spread, settling, onset, delay);
  }

  /** The same with another effect on the 99th percentile. */
  Injection withP99(double relative) {
    return new Injection(
        primary, Math.log1p(relative), errors, proof, spread, settling, onset, delay);
  }

  Injection withSpread(double factor) {
    return new Injection(primary, p99, errors, proof, factor, settling, onset, delay);
  }

  Injection withSettling(double seconds) {
    return new Injection(primary, p99, errors, proof, spread, seconds, onset, delay);
  }

  Injection withOnset(int seconds, int secondsOn) {
    return new Injection(primary, p99, errors, proof, spread, settling, seconds, secondsOn);
  }
}
