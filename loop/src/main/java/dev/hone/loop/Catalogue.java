package dev.hone.loop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The families of techniques with what is commonly said of them, as data in {@code catalogue.json};
 * and beside it what the loops of this system have shown.
 *
 * @param families in the order of the file
 */
public record Catalogue(List<Family> families) {
  public Catalogue {
    families = List.copyOf(families);
  }

  /** How much of something. */
  public enum Level {
    LOW,
    MEDIUM,
    HIGH
  }

  /**
   * A family of techniques.
   *
   * @param name for programs
   * @param title for people
   * @param impact what its changes commonly bring
   * @param complexity how hard they are to get right
   * @param effort how much work they are for people
   * @param examples what belongs to it
   * @param techniques those Hone has
   */
  public record Family(
      String name,
      String title,
      Level impact,
      Level complexity,
      Level effort,
      List<String> examples,
      List<String> techniques) {
    public Family {
      examples = List.copyOf(examples);
      techniques = List.copyOf(techniques);
    }
  }

  /**
   * What this system's loops have shown of a family.
   *
   * @param family which
   * @param tried how many loops reached a verdict
   * @param kept how many of them were kept
   * @param gain median relative gain of these, 0.2 is 20 % better; NaN when none was kept
   * @param impact the level that these gains come to; the common one while none was kept
   */
  public record Shown(Family family, int tried, int kept, double gain, Level impact) {}

  private static final double HIGH_GAIN = 0.2;
  private static final double MEDIUM_GAIN = 0.05;

  /** The catalogue that comes with Hone. */
  public static Catalogue standard() {
    try (InputStream in = Catalogue.class.getResourceAsStream("catalogue.json")) {
      if (in == null) {
        throw new IOException("catalogue.json is not in the class path");
      }
      return RecordCodec.read(
          Catalogue.class, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The family of a technique. */
  public Optional<Family> of(String technique) {
    return families.stream().filter(f -> f.techniques().contains(technique)).findFirst();
  }

  /** What the loops have shown of every family. */
  public List<Shown> shown(Collection<LoopSummary> loops) {
    return families.stream().map(family -> shown(family, loops)).toList();
  }

  private static Shown shown(Family family, Collection<LoopSummary> loops) {
    List<LoopSummary> tried =
        loops.stream()
            .filter(l -> l.tried() && family.techniques().contains(l.technique()))
            .toList();
    double[] gains =
        tried.stream()
            .filter(LoopSummary::isInForce)
            .mapToDouble(l -> Math.abs(l.effect()))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    double gain = gains.length == 0 ? Double.NaN : gains[gains.length / 2];
    Level impact =
        gains.length == 0
            ? family.impact()
            : gain >= HIGH_GAIN ? Level.HIGH : gain >= MEDIUM_GAIN ? Level.MEDIUM : Level.LOW;
    return new Shown(family, tried.size(), gains.length, gain, impact);
  }
}
