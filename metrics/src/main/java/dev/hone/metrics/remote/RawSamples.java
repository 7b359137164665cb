package dev.hone.metrics.remote;

import dev.hone.metrics.Labels;
import dev.hone.metrics.Matcher;
import dev.hone.metrics.Series;
import dev.hone.metrics.promql.Query;
import dev.hone.metrics.wire.MalformedException;
import dev.hone.metrics.wire.RemoteRead;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A question for the samples themselves, in the way each flavour gives them out. */
final class RawSamples {
  /** Slots that one request asks for at most, so that its answer stays small. */
  static final int SLOTS_TOGETHER = 16;

  private static final Set<String> MARK = Set.of(Slots.LABEL);

  private final List<Matcher> matchers;
  private final long first;
  private final long last;

  /**
   * A question.
   *
   * @param first the earliest time, ms since the epoch
   * @param last the latest
   */
  RawSamples(List<Matcher> matchers, long first, long last) {
    this.matchers = matchers;
    this.first = Math.max(first, 0);
    this.last = Math.clamp(last, 0, 9_999_999_999_999L);
  }

  static Labels stripped(Labels labels) {
    return labels.only(MARK, false);
  }

  static String selector(List<Matcher> matchers, BitSet slots) {
    return Query.selectorText(with(matchers, slots));
  }

  private static List<Matcher> with(List<Matcher> matchers, BitSet slots) {
    var all = new ArrayList<>(matchers);
    all.add(Slots.matcher(slots));
    return all;
  }

  CompletableFuture<Link.Reply> ask(Node node, BitSet slots) throws IOException {
    return switch (node.backend().flavour().raw()) {
      case REMOTE_READ -> node.link().read(RemoteRead.request(with(matchers, slots), first, last));
      case RANGE_QUERY ->
          node.link()
              .ask(
                  "/api/v1/query",
                  Map.of(
                      "query",
                      selector(matchers, slots) + "[" + Math.max(1, last - first) + "ms]",
                      "time",
                      seconds(last)));
      case EXPORT ->
          node.link()
              .ask(
                  "/api/v1/export",
                  Map.of(
                      "match[]",
                      selector(matchers, slots),
                      "start",
                      seconds(first),
                      "end",
                      seconds(last)));
    };
  }

  private static String seconds(long millis) {
    return BigDecimal.valueOf(millis, 3).toPlainString();
  }

  /** Reads an answer; one that cannot be read leaves nothing. */
  void read(Node node, Link.Reply reply, List<Series> into, Consumer<String> lacks)
      throws IOException {
    var all = new ArrayList<Series>();
    switch (node.backend().flavour().raw()) {
      case REMOTE_READ -> {
        try {
          node.link()
              .countReceived(
                  RemoteRead.response(
                      reply.body(),
                      Link.MOST_BYTES,
                      (labels, times, values, count) -> add(labels, times, values, count, all)));
        } catch (MalformedException e) {
          throw new IOException(e.getMessage(), e);
        }
      }
      case RANGE_QUERY -> {
        node.link().countReceived(reply.body().length);
        Answers.series(
                reply.body(),
                (labels, times, values, count) -> add(labels, times, values, count, all))
            .forEach(w -> lacks.accept("backend `" + node.name() + "` says: " + w));
      }
      case EXPORT -> {
        node.link().countReceived(reply.body().length);
        Answers.export(
            reply.body(), (labels, times, values, count) -> add(labels, times, values, count, all));
      }
    }
    into.addAll(all);
  }

  /** Keeps the samples in the window, each time once: what was sent twice may be stored twice. */
  private void add(Labels labels, long[] times, double[] values, int count, List<Series> into) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (times[i] < first || times[i] > last || (kept > 0 && times[i] == times[kept - 1])) {
        continue;
      }
      times[kept] = times[i];
      values[kept++] = values[i];
    }
    if (kept > 0) {
      into.add(
          new Series(stripped(labels), Arrays.copyOf(times, kept), Arrays.copyOf(values, kept)));
    }
  }
}
