import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Reads orders until their pipe closes, for whatever reason (SIGKILL of the parent included), and then ends what is left.
 * An order that was written is obeyed, also where the parent died before this began: the pipe keeps it. A shell is there
 * at once, where another Node would take as long as all that is loaded before an app is synthesized.
 */
const SCRIPT = `
folder=$1
targets=
while read -r order target; do
  rest=
  for one in $targets; do [ "$one" = "$target" ] || rest="$rest $one"; done
  case $order in
    watch) targets="$rest $target" ;;
    forget) targets=$rest ;;
    removed) folder= ;;
  esac
done

tell() { for one in $targets; do kill -s "$1" -- "$one"; done 2>/dev/null; }
is_any_left() { for one in $targets; do kill -s 0 -- "$one" && return; done 2>/dev/null; return 1; }

tell TERM
polls=0
while is_any_left && [ $polls -lt 60 ]; do
  sleep 0.05
  polls=$((polls + 1))
done
tell KILL
for again in 1 2 3 4 5; do
  [ -z "$folder" ] || rm -rf -- "$folder" && break
  sleep 0.1
done
`;

/**
 * Keeps a promise that this process cannot keep itself: when it dies, even by SIGKILL, every process and process group
 * named here is ended (within three seconds in good order, then by SIGKILL), and the folder is removed. The warden has a
 * session of its own, so neither a terminal's Ctrl-C nor its closing reaches it, and holds no file of this process open.
 */
export class Warden {
  private constructor(private readonly child: ChildProcess) {}

  /** @param folder what to remove when this process is gone. @default none */
  static async start(folder = ''): Promise<Warden> {
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'portcullis-warden', folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env.PATH },
      cwd: '/',
    });
    // Whoever kills it takes the promise away, and nothing else.
    child.stdin.on('error', () => undefined);
    await once(child, 'spawn');
    child.unref();
    (child.stdin as typeof child.stdin & { unref(): void }).unref();
    return new Warden(child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Makes the warden end it when this process is gone.
   * @param target as kill(2) takes it: a process, or a process group by the negative of its number.
   */
  watch(target: number): void {
    this.tell(`watch ${target}`);
  }

  /** Call it as soon as the process has exited: the system may soon give its number to another process. */
  forget(target: number): void {
    this.tell(`forget ${target}`);
  }

  /** The folder is gone already. */
  forgetFolder(): void {
    this.tell('removed');
  }

  /** Dismisses the warden, who ends whatever was not forgotten. */
  async dismiss(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.ref();
    this.child.stdin?.end();
    await gone;
  }

  private tell(order: string): void {
    this.child.stdin?.write(`${order}\n`);
  }
}
