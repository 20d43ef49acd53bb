/** The servers that tests and benchmarks use. */
export type ServiceKind = 'postgres' | 'mariadb' | 'redis'

/** Where a server listens. Always on the loopback interface, on a port that was free when it started. */
export interface Address {
  readonly kind: ServiceKind
  readonly host: string
  readonly port: number
  /** A URL with which the drivers connect: `postgresql://`, `mariadb://` or `redis://`. */
  readonly url: string
  /** Process id of the server; `undefined` when it runs in a container. */
  readonly pid: number | undefined
  /** The server's data folder; `undefined` when it runs in a container. Gone once the server has stopped. */
  readonly folder: string | undefined
}

/** A running server that whoever started it must stop. */
export interface Service extends Address {
  /** Stops the server and removes its data. Calling it again is harmless. */
  stop(): Promise<void>
  /** Ends the server the hard way (SIGKILL), as a crash would, and removes its data. */
  kill(): Promise<void>
}

/** What can make a database of its own for whoever asks. */
export interface Databases {
  /**
   * Creates an empty database and returns its URL.
   *
   * @param name letters, digits and underscores; by default a fresh random name
   */
  createDatabase(name?: string): Promise<string>
}
