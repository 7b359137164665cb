package dev.hone.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static String text(double effect, double low, double high) {
    return new Verdict(
            Verdict.Decision.KEEP, Design.Grade.D, effect, low, high, 9, 30, 0, 1, List.of())
        .effectText();
  }

  @Test
  void whatIsNearlyAllGoneHasDecimals() {
    assertThat(text(-0.4, -0.5, -0.304)).isEqualTo("-40 % [-50 %, -30 %]");
    assertThat(text(-0.999, -0.9992, -0.9988)).isEqualTo("-99.9 % [-99.9 %, -99.9 %]");
    assertThat(text(-0.99989, -0.99992, -0.97)).isEqualTo("-99.989 % [-99.992 %, -97.0 %]");
    assertThat(text(Double.NaN, -1, 1)).isEqualTo("no effect measured");
    assertThat(text(-0.4, -1, Double.POSITIVE_INFINITY)).isEqualTo("-40 % [open, open]");
  }
}
