package dev.hone.loop;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * Exactly what will be done: approvals bind to its hash, and what is executed is what was approved.
 *
 * @param loopId the loop it belongs to
 * @param knob what is changed
 * @param group the group of interacting knobs it belongs to, see {@link Knob#group}
 * @param from the value that must be in force before
 * @param to the value on trial
 * @param design how it is judged
 * @param primary what it is judged by
 * @param leastGain the smallest relative gain that is worth keeping, 0 for any; negative when a
 *     kept change is measured again, see {@link BettingJudge}
 * @param alpha the chance of keeping a change that does nothing is below this
 * @param alphaHarm the chance of calling a harmless change harmful is below this
 * @param guardrails what must not get worse meanwhile
 * @param seed of the on/off schedule
 * @param deadline longest time from arming to the verdict; then it is rolled back
 */
public record Plan(
    String loopId,
    KnobRef knob,
    String group,
    String from,
    String to,
    Design design,
    SignalRef primary,
    double leastGain,
    double alpha,
    double alphaHarm,
    List<Guardrail> guardrails,
    long seed,
    Duration deadline) {
  public Plan {
    guardrails = List.copyOf(guardrails);
  }

  /** SHA-256 of the plan's JSON text, in hexadecimal. */
  public String hash() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(RecordCodec.write(this).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
