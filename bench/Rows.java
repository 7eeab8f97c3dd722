import java.util.LinkedHashMap;
import java.util.Map;

/** The rows, by the names one asks for them with. */
final class Rows {
  static final Map<String, Row> ALL = new LinkedHashMap<>();

  static {
    ALL.put("start", new Row("detached start to RUNNING", StartRows::plain));
    ALL.put("phases", new Row("where the time of a start goes", PhaseRows::start));
    ALL.put("secured", new Row("the same with id map, masks, limits", StartRows::secured));
    ALL.put("default", new Row("the container that is secure by default", StartRows::byDefault));
    ALL.put("veth", new Row("starts with a veth on a bridge", NetworkRows::start));
    ALL.put("throughput", new Row("TCP through a veth", NetworkRows::throughput));
    ALL.put("attach", new Row("a command in a running container", CommandRows::attach));
    ALL.put("oneshot", new Row("/bin/true in a container of its own", CommandRows::oneShot));
    ALL.put("list", new Row("lxc-ls and lxc-info", CommandRows::listing));
    ALL.put(
        "many",
        new Row("with many running: lxc-ls -f, memory of keepers and engine", ManyRows::running));
    ALL.put("burst", new Row("40 starts side by side", ManyRows::burst));
    ALL.put("autostart", new Row("200 containers that start with the host", ManyRows::autostart));
    ALL.put("unpack", new Row("a container from a Debian's archive", ImageRows::unpack));
    ALL.put("snapshot", new Row("a copy that keeps only changes", CopyRows::snapshot));
    ALL.put("ephemeral", new Row("a throw-away copy for one command", CopyRows::throwAway));
    ALL.put("first", new Row("first command with no engine", CommandRows::first));
  }

  private Rows() {}
}
