/**
 * A connection that takes its leave in bounded time. The driver says goodbye and waits for the server's; over a cable that
 * was cut none comes, and the socket would keep whoever closes it, and the process, until the system gives up, which is a
 * quarter of an hour.
 */
import pg from 'pg';

/** Without a sign of life from the server for so long after the goodbye, the socket is closed from our side. */
const GOODBYE_MS = 2_000;

/** The driver's word for it is any stream; encrypted or not, it is a socket. */
type Socket = pg.Connection['stream'] & { setTimeout(ms: number, onTimeout: () => void): unknown };

export class ServerClient extends pg.Client {
  override end(): Promise<void>;
  override end(callback: (error: Error) => void): void;
  override end(callback?: (error: Error) => void): Promise<void> | void {
    const stream = this.connection.stream as Socket;
    stream.setTimeout(GOODBYE_MS, () => stream.destroy());
    return callback === undefined ? super.end() : super.end(callback);
  }
}
