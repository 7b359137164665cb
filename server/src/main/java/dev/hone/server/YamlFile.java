package dev.hone.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.loop.Json;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads files of YAML with sentences for what is wrong with them. */
final class YamlFile {
  private static final long MOST_BYTES = 16 << 20;

  private YamlFile() {}

  /** JSON is YAML but for tabs between its parts. */
  private static String withoutTabs(String json) throws JsonProcessingException {
    return json.indexOf('\t') < 0 ? json : new ObjectMapper().readTree(json).toString();
  }

  /** The root of what came as JSON. */
  static Optional<Node> composeJson(Map<String, @Nullable Object> tree) {
    var settings = LoadSettings.builder().setCodePointLimit((int) MOST_BYTES).build();
    return new Compose(settings).composeString(Json.write(tree));
  }

  /**
   * The root of a file, or nothing when nothing stands in it.
   *
   * @param remedy what to do when there is no such file
   * @throws StartException when it cannot be read
   */
  static Optional<Node> compose(Path file, String remedy) throws StartException {
    String name = file.toString();
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new StartException(name + " is larger than 16 MiB; that is no configuration");
      }
      String text = Files.readString(file);
      boolean json = name.toLowerCase(Locale.ROOT).endsWith(".json");
      var settings =
          LoadSettings.builder().setLabel(name).setCodePointLimit((int) MOST_BYTES).build();
      return new Compose(settings).composeString(json ? withoutTabs(text) : text);
    } catch (JsonProcessingException e) {
      throw new StartException(name + " is no valid JSON: " + e.getOriginalMessage(), e);
    } catch (NoSuchFileException e) {
      throw new StartException("there is no file " + name + "; " + remedy, e);
    } catch (CharacterCodingException e) {
      throw new StartException(name + " is not written in UTF-8", e);
    } catch (IOException e) {
      throw new StartException(name + " cannot be read (" + e.getMessage() + ")", e);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new StartException(name + ":" + line + ": no valid YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new StartException(name + " is no valid YAML: " + e.getMessage(), e);
    }
  }
}
