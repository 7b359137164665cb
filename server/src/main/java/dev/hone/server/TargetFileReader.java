package dev.hone.server;

import dev.hone.metrics.scrape.Scrapes;
import dev.hone.metrics.scrape.TargetGroup;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads the files that name targets ({@code file_sd_configs}) again when they change. A file that
 * cannot be read leaves its targets as they were.
 */
final class TargetFileReader {
  private static final int MOST_FILES = 1_000;
  private static final String FILE_LABEL = "__meta_filepath";

  private final Scrapes scrapes;
  private final List<Watched> watched;
  private final Consumer<String> notices;

  TargetFileReader(List<ScrapeConfig.Entry> jobs, Scrapes scrapes, Consumer<String> notices) {
    this.scrapes = scrapes;
    this.notices = notices;
    this.watched = jobs.stream().filter(job -> !job.files().isEmpty()).map(Watched::new).toList();
  }

  /** Whether there is anything to look at. */
  boolean isNeeded() {
    return !watched.isEmpty();
  }

  /** Looks for changes, and tells them to the scrapes. */
  void look(Instant now) {
    watched.forEach(job -> job.look(now));
  }

  /** What was read from a file. */
  private record Content(FileTime changed, long size, Instant read, List<TargetGroup> groups) {}

  /** The files of one job. */
  private final class Watched {
    private final ScrapeConfig.Entry job;
    private Map<Path, Content> contents = new LinkedHashMap<>();
    private final Map<Path, String> told = new HashMap<>();

    Watched(ScrapeConfig.Entry job) {
      this.job = job;
    }

    void look(Instant now) {
      var found = new LinkedHashMap<Path, Content>();
      boolean changed = false;
      for (ScrapeConfig.TargetFiles files : job.files()) {
        for (Path file : files(files)) {
          Content before = contents.get(file);
          Content after = content(file, before, files, now);
          if (after != null) {
            found.put(file, after);
            changed |= before == null || !before.groups().equals(after.groups());
          }
        }
      }
      changed |= !found.keySet().equals(contents.keySet());
      contents = found;
      if (changed) {
        var groups = new ArrayList<>(job.fixed());
        found.values().forEach(content -> groups.addAll(content.groups()));
        scrapes.targets(job.job().name(), groups);
      }
    }

    private @Nullable Content content(
        Path file, @Nullable Content before, ScrapeConfig.TargetFiles files, Instant now) {
      try {
        FileTime changed = Files.getLastModifiedTime(file);
        long size = Files.size(file);
        if (before != null
            && before.changed().equals(changed)
            && before.size() == size
            && now.isBefore(before.read().plus(files.refresh()))) {
          return before;
        }
        List<TargetGroup> groups = TargetFileReader.read(file);
        told.remove(file);
        return new Content(changed, size, now, groups);
      } catch (IOException | StartException e) {
        String sentence =
            "targets of job `%s` stay as they were: %s".formatted(job.job().name(), e.getMessage());
        if (!sentence.equals(told.put(file, sentence))) {
          notices.accept(sentence);
        }
        return before;
      }
    }

    private Iterable<Path> files(ScrapeConfig.TargetFiles files) {
      var found = new TreeSet<Path>();
      String glob = files.pattern().replaceAll("[\\[\\]{}?\\\\]", "\\\\$0");
      if (Files.isDirectory(files.directory())) {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(files.directory(), glob)) {
          for (Path file : stream) {
            if (found.size() < MOST_FILES) {
              found.add(file);
            }
          }
        } catch (IOException e) {
          notices.accept("`" + files.directory() + "` cannot be read: " + e.getMessage());
        }
      }
      return found;
    }
  }

  /**
   * Reads a list of groups of targets, in YAML or JSON.
   *
   * @throws StartException with all that is wrong
   */
  static List<TargetGroup> read(Path file) throws StartException {
    String name = file.toString();
    var problems = new ArrayList<String>();
    var groups = new ArrayList<TargetGroup>();
    Node root = YamlFile.compose(file, "it was there a moment ago").orElse(null);
    if (root instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        if (item instanceof MappingNode mapping) {
          TargetGroup group = JobReader.group(new YamlSection(name, "", mapping, problems, null));
          var labels = new HashMap<>(group.labels());
          labels.put(FILE_LABEL, name);
          groups.add(new TargetGroup(group.addresses(), labels));
        } else {
          problems.add(name + ": each item must hold `targets` and may hold `labels`");
        }
      }
    } else if (root != null) {
      problems.add(name + ": it must be a list, each item with `targets` and `labels`");
    }
    if (!problems.isEmpty()) {
      throw new StartException(String.join("; ", problems));
    }
    return groups;
  }
}
