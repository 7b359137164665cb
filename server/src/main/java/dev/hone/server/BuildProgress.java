package dev.hone.server;

import dev.hone.layer.database.IndexBuilder;
import dev.hone.layer.database.advisor.Advice;
import dev.hone.layer.database.view.IndexBuild;
import dev.hone.loop.KnobException;
import java.io.PrintWriter;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Makes or drops an index, and says every few seconds how far that is, where it changed. */
final class BuildProgress {
  private static final int SECONDS = 3;

  private final IndexBuilder builder;
  private final Advice.Recommended recommended;
  private final PrintWriter out;
  private String last = "";

  BuildProgress(IndexBuilder builder, Advice.Recommended recommended, PrintWriter out) {
    this.builder = builder;
    this.recommended = recommended;
    this.out = out;
  }

  void carryOut() throws KnobException, InterruptedException {
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("build progress").factory());
    var unused = clock.scheduleWithFixedDelay(this::tell, SECONDS, SECONDS, TimeUnit.SECONDS);
    try {
      builder.carryOut(recommended);
    } finally {
      clock.shutdownNow();
    }
  }

  private void tell() {
    for (IndexBuild build : builder.progress()) {
      String line = build.line();
      if (build.index().equals(recommended.index()) && !line.equals(last)) {
        last = line;
        out.println("hone: " + AdviceText.visible(build.index() + ": " + line) + " …");
        out.flush();
      }
    }
  }
}
