package dev.coffer.tools.command;

import dev.coffer.model.CofferException;
import dev.coffer.tools.CofferFactory;
import dev.coffer.tools.Invocation;
import dev.coffer.tools.Version;
import dev.coffer.tools.option.ArgumentReader;
import dev.coffer.tools.option.ArgumentReader.Order;
import dev.coffer.tools.option.Arguments;
import dev.coffer.tools.option.CommandPage;
import dev.coffer.tools.option.CommonOptions;
import dev.coffer.tools.option.HelpText;
import dev.coffer.tools.option.Option;
import dev.coffer.tools.option.Reading;
import dev.coffer.tools.text.Guess;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Takes a tool from its arguments to its exit code: reads the options, answers help and version
 * itself, and is the one place where failures become text.
 */
public final class Runner {
  public static final int OK = 0;
  public static final int FAILED = 1;

  private final Face face;
  private final Tool tool;
  private final CommandPage page;
  private final Invocation invocation;
  private final CofferFactory factory;

  /**
   * @param page the words for this face; the tool's own or a verb's
   */
  public Runner(
      Face face, Tool tool, CommandPage page, Invocation invocation, CofferFactory factory) {
    this.face = face;
    this.tool = tool;
    this.page = page;
    this.invocation = invocation;
    this.factory = factory;
  }

  /** Runs the tool with what follows its name. */
  public int run(List<String> words) {
    return switch (ArgumentReader.read(page.options(), order(), words)) {
      case Reading.Refusal refusal -> refuse(refusal);
      case Arguments arguments -> answer(arguments);
    };
  }

  private Order order() {
    if (face == Face.COFFER && tool.runsCommand()) {
      return Order.BEFORE_COMMAND;
    }
    boolean posix = invocation.environment().containsKey("POSIXLY_CORRECT");
    return posix ? Order.BEFORE_OPERANDS : Order.ANYWHERE;
  }

  private int refuse(Reading.Refusal refusal) {
    StringBuilder text = new StringBuilder();
    text.append(page.program()).append(": ").append(refusal.message()).append('\n');
    if (face == Face.LXC) {
      text.append(HelpText.lxc(page));
    } else {
      List<String> names = page.options().all().stream().map(Option::name).toList();
      Optional<String> guess =
          refusal.mistyped().isEmpty() ? Optional.empty() : Guess.of(refusal.mistyped(), names);
      guess.ifPresent(name -> text.append("  did you mean '--").append(name).append("'?\n"));
      text.append("  '").append(page.program()).append(" --help' lists the options\n");
    }
    invocation.err().print(text.toString());
    return FAILED;
  }

  private int answer(Arguments arguments) {
    Option last = arguments.options().isEmpty() ? null : arguments.options().getLast().option();
    if (last == CommonOptions.HELP || last == CommonOptions.QUESTION) {
      return help(last);
    }
    if (last == CommonOptions.USAGE) {
      invocation.err().print(HelpText.usage(page));
      return OK;
    }
    if (last == CommonOptions.VERSION) {
      invocation.out().println(face == Face.LXC ? Version.LXC : Version.COFFER);
      return OK;
    }
    if (arguments.values(CommonOptions.LXC_PATH).size() > 1 && !tool.takesManyPaths()) {
      invocation.err().println("This command only accepts 1 -P,--lxcpath arguments");
      return FAILED;
    }
    return name(arguments);
  }

  /** LXC's tools cannot tell {@code -?} from an error; theirs ends with 1, so does this. */
  private int help(Option asked) {
    if (face == Face.COFFER) {
      invocation.out().print(HelpText.coffer(page));
      return OK;
    }
    invocation.err().print(HelpText.lxc(page));
    return asked == CommonOptions.HELP ? OK : FAILED;
  }

  private int name(Arguments arguments) {
    List<String> operands = arguments.operands();
    String name = arguments.value(CommonOptions.NAME).orElse("");
    if (tool.wantsName() && !arguments.has(CommonOptions.NAME)) {
      if (operands.isEmpty()) {
        return missingName();
      }
      name = operands.getFirst();
      operands = operands.subList(1, operands.size());
    }
    launchAhead(tool.launches(arguments));
    try (Session session =
        new Session(face, tool, page.program(), invocation, arguments, factory, name, operands)) {
      return guarded(session);
    }
  }

  private void launchAhead(Tool.Launch launch) {
    if (launch != Tool.Launch.NONE) {
      invocation.caller().launchAhead(launch == Tool.Launch.FOREGROUND);
    }
  }

  private int missingName() {
    invocation.err().println(page.program() + ": No container name specified");
    if (face == Face.COFFER) {
      invocation.err().println("  usage: " + page.program() + " " + page.arguments());
    }
    return FAILED;
  }

  private int guarded(Session session) {
    try {
      return rcFileIsBroken(session) ? FAILED : tool.run(session);
    } catch (BadArgument e) {
      invocation.err().println(page.program() + ": " + e.getMessage());
      if (face == Face.LXC) {
        invocation.err().println(page.program() + ": could not parse command line");
      }
      return FAILED;
    } catch (CofferException e) {
      session.log().error(e.getMessage(), e.details());
      trace(e);
      return e.exitCode();
    } catch (CancellationException _) {
      // whoever asked was killed; nobody is there to be told
      return FAILED;
    } catch (RuntimeException | StackOverflowError e) {
      session.log().error("internal error: " + e, internalDetails(e));
      trace(e);
      return FAILED;
    }
  }

  /**
   * A tool that only looks at a container refuses a configuration that is not there, as LXC's do.
   */
  private static boolean rcFileIsBroken(Session session) {
    Optional<Path> file = session.path(CommonOptions.RC_FILE);
    if (session.name().isEmpty() || file.isEmpty() || Files.isReadable(file.get())) {
      return false;
    }
    session.log().error("Failed to open file \"" + file.get() + "\"");
    session.log().error("Failed to load rcfile");
    return true;
  }

  private static List<String> internalDetails(Throwable e) {
    List<String> details = new ArrayList<>();
    if (e.getStackTrace().length > 0) {
      details.add("at    " + e.getStackTrace()[0]);
    }
    details.add(
        "hint  this is a mistake in Coffer; run it again with COFFER_DEBUG=1 and report that");
    return details;
  }

  private void trace(Throwable e) {
    if (invocation.environment().getOrDefault("COFFER_DEBUG", "").isEmpty()) {
      return;
    }
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    invocation.err().print(trace.toString());
  }
}
