package dev.coffer.tools.top;

import dev.coffer.Coffer;
import dev.coffer.Container;
import dev.coffer.Metrics;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The running containers below one directory, measured now and then. */
public final class Board {
  private final Coffer coffer;
  private final Path lxcPath;
  private Map<String, Track> tracks = new LinkedHashMap<>();
  private int defined;

  public Board(Coffer coffer, Path lxcPath) {
    this.coffer = coffer;
    this.lxcPath = lxcPath;
  }

  /** Measures all anew. Those that no longer run are forgotten. */
  public void measure() {
    Map<String, Track> seen = new LinkedHashMap<>();
    List<Container> containers = coffer.containers(lxcPath);
    defined = containers.size();
    for (Container container : containers) {
      Optional<Metrics> metrics = container.metrics();
      if (metrics.isEmpty()) {
        continue;
      }
      long now = System.nanoTime();
      Track track = tracks.get(container.name());
      if (track == null) {
        track = new Track(container.name(), metrics.get(), now);
      } else {
        track.add(metrics.get(), now);
      }
      seen.put(container.name(), track);
    }
    tracks = seen;
  }

  /** How many there are, whether they run or not. */
  public int defined() {
    return defined;
  }

  public List<Track> ranked(Ranking ranking, boolean largestFirst) {
    return tracks.values().stream().sorted(ranking.order(largestFirst)).toList();
  }
}
