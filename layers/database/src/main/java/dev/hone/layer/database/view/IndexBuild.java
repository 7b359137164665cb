package dev.hone.layer.database.view;

import java.util.Locale;

/**
 * An index that is being built, by whomever.
 *
 * @param table qualified
 * @param index its name; empty when it has none yet
 * @param phase as PostgreSQL calls it
 * @param share of the phase that is done, 0 to 1; NaN when that is not told
 * @param waitsFor the session whose transaction it waits for; 0 for none
 */
public record IndexBuild(String table, String index, String phase, double share, int waitsFor) {
  /** On one line. */
  public String line() {
    return phase
        + (Double.isNaN(share) ? "" : String.format(Locale.ROOT, ", %.0f %%", 100 * share))
        + (waitsFor == 0 ? "" : ", pid " + waitsFor);
  }
}
