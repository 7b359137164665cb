package dev.hone.server;

import dev.hone.layer.database.DatabaseConnection;
import dev.hone.layer.database.Inspector;
import dev.hone.layer.database.view.IndexMap;
import dev.hone.layer.database.view.Statements;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopSummary;
import dev.hone.loop.RecordCodec;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Databases: how they are, statements, indexes and advice, each with the loops about it. */
final class DatabaseRoutes implements Routes {
  private static final String ALL = "/api/v1/databases";
  private static final String ONE = ALL + "/";
  private static final String ADVICE = "advice";
  private static final int USUAL = 50;
  private static final int MOST = 500;
  private static final int MOST_LOOPS = 20;

  /** Loops that are read in search of those about an index. */
  private static final int SEARCHED = 200;

  private static final Map<String, Duration> WINDOWS =
      Map.of(
          "1m", Duration.ofMinutes(1),
          "5m", Duration.ofMinutes(5),
          "15m", Duration.ofMinutes(15),
          "1h", Duration.ofHours(1));
  private static final String SINCE_RESET = "statistics";

  private final Hone hone;

  DatabaseRoutes(Hone hone) {
    this.hone = hone;
  }

  /** Whether anybody may ask for this: it runs the advisor, which changes nothing. */
  static boolean isOpen(String path) {
    return path.startsWith(ONE) && path.endsWith("/" + ADVICE);
  }

  @Override
  public @Nullable Object get(Question question) {
    if (question.path().equals(ALL)) {
      question.end();
      return Map.of(
          "databases",
          hone.inspectors().stream().map(i -> RecordCodec.toTree(i.overview())).toList());
    }
    Optional<Address> address = address(question.path());
    if (address.isEmpty()) {
      return null;
    }
    Inspector inspector = address.get().inspector();
    String part = address.get().part();
    if (part.startsWith("statements/")) {
      question.end();
      return statement(inspector, part.substring("statements/".length()));
    }
    return switch (part) {
      case "statements" -> statements(inspector, question);
      case "indexes" -> indexes(inspector, question);
      case ADVICE -> {
        question.end();
        yield advice(inspector);
      }
      default -> null;
    };
  }

  @Override
  public @Nullable Object change(Request request) {
    Optional<Address> address = address(request.path());
    if (address.isEmpty() || !address.get().part().equals(ADVICE)) {
      return null;
    }
    address.get().inspector().advise();
    return advice(address.get().inspector());
  }

  /**
   * What lies below a database.
   *
   * @param part the path after its name
   */
  private record Address(Inspector inspector, String part) {}

  private Optional<Address> address(String path) {
    int slash = path.indexOf('/', ONE.length());
    if (!path.startsWith(ONE) || slash < 0) {
      return Optional.empty();
    }
    String raw = path.substring(ONE.length(), slash).replace("+", "%2B");
    String name = URLDecoder.decode(raw, StandardCharsets.UTF_8);
    return hone.inspectors().stream()
        .filter(inspector -> inspector.name().equals(name))
        .map(inspector -> new Address(inspector, path.substring(slash + 1)))
        .findFirst();
  }

  private static Map<String, @Nullable Object> statements(Inspector inspector, Question question) {
    String window = question.text("window");
    String text = question.text("q");
    int offset = (int) question.whole("after", 0, 1_000_000);
    int limit = question.limit(USUAL, MOST);
    question.end();
    if (window.equals(SINCE_RESET)) {
      try {
        return RecordCodec.toTree(inspector.statementsSinceReset(offset, limit, text));
      } catch (Inspector.AwayException e) {
        return RecordCodec.toTree(Statements.none(String.valueOf(e.getMessage())));
      }
    }
    Duration length = WINDOWS.get(window.isEmpty() ? "15m" : window);
    if (length == null) {
      throw new IllegalArgumentException(
          "`window` is `" + window + "`; use 1m, 5m, 15m, 1h or " + SINCE_RESET);
    }
    return RecordCodec.toTree(inspector.statements(length, offset, limit, text));
  }

  private @Nullable Object statement(Inspector inspector, String queryid) {
    if (!queryid.matches("-?\\d{1,19}")) {
      return null;
    }
    return inspector
        .statement(queryid)
        .map(
            story -> {
              var tree = RecordCodec.toTree(story);
              tree.put("loops", loopsAbout(inspector.name(), queryid));
              return tree;
            })
        .orElse(null);
  }

  /** Loops whose finding is about a statement, the newest first, with what they do to its plan. */
  private List<Object> loopsAbout(String database, String queryid) {
    String target = database + "/" + queryid;
    var found = new ArrayList<Object>();
    for (LoopRecord loop : hone.loops().page(about(target), "", MOST_LOOPS)) {
      if (loop.finding().target().name().equals(target)) {
        var tree = LoopRoutes.brief(loop);
        tree.put(
            "planChange",
            Inspector.change(loop.finding(), loop.recommendation())
                .map(RecordCodec::toTree)
                .orElse(null));
        found.add(tree);
      }
    }
    return found;
  }

  private static Predicate<LoopSummary> about(String target) {
    return summary -> summary.findingKey().endsWith(target);
  }

  private Map<String, @Nullable Object> indexes(Inspector inspector, Question question) {
    int offset = (int) question.whole("after", 0, 1_000_000);
    int limit = question.limit(USUAL, MOST);
    question.end();
    var tree = new LinkedHashMap<String, @Nullable Object>();
    try {
      IndexMap map = inspector.indexes();
      int end = Math.min(map.tables().size(), offset + limit);
      tree.putAll(RecordCodec.toTree(map));
      tree.put(
          "tables",
          map.tables().subList(Math.min(offset, end), end).stream()
              .map(RecordCodec::toTree)
              .toList());
      tree.put("count", map.tables().size());
      tree.put("bytes", map.tables().stream().mapToLong(t -> t.bytes() + t.indexBytes()).sum());
      tree.put("next", end < map.tables().size() ? end : null);
      tree.put("problem", "");
    } catch (Inspector.AwayException e) {
      tree.put("tables", List.of());
      tree.put("count", 0);
      tree.put("next", null);
      tree.put("problem", e.getMessage());
    }
    tree.put("loops", loopsOfIndexes(inspector.name()));
    return tree;
  }

  /** The newest loop about each index, by {@code schema.index}. */
  private Map<String, Object> loopsOfIndexes(String database) {
    var found = new LinkedHashMap<String, Object>();
    for (LoopRecord loop :
        hone.loops().page(summary -> summary.layer().equals("database"), "", SEARCHED)) {
      Map<String, String> parameters = loop.plan().knob().parameters();
      if (database.equals(parameters.get("database")) && parameters.containsKey("index")) {
        found.putIfAbsent(
            parameters.get("schema") + "." + parameters.get("index"), LoopRoutes.brief(loop));
      }
    }
    return found;
  }

  private Map<String, @Nullable Object> advice(Inspector inspector) {
    Inspector.AdviceState state = inspector.advice();
    var tree = new LinkedHashMap<String, @Nullable Object>();
    tree.put("running", state.running());
    tree.put("startedAt", state.startedAt() == null ? null : state.startedAt().toString());
    tree.put("againAt", state.againAt() == null ? null : state.againAt().toString());
    tree.put("progress", state.progress());
    tree.put("problem", state.problem());
    tree.put("at", state.last().map(last -> last.at().toString()).orElse(null));
    tree.put("advice", state.last().map(last -> text(last).tree()).orElse(null));
    tree.put("carriedOut", carriedOut(inspector, state));
    tree.put("loops", loopsOfIndexes(inspector.name()));
    return tree;
  }

  /** What of the advice has been done meanwhile; nothing while the database is away. */
  private static List<String> carriedOut(Inspector inspector, Inspector.AdviceState state) {
    if (state.last().isEmpty()) {
      return List.of();
    }
    try {
      return inspector.carriedOut(state.last().get().answer().advice()).stream().sorted().toList();
    } catch (Inspector.AwayException e) {
      return List.of();
    }
  }

  private AdviceText text(Inspector.Advised advised) {
    DatabaseConnection database = hone.settings().database().orElseThrow();
    return new AdviceText(database, advised.answer(), Integer.MAX_VALUE);
  }
}
