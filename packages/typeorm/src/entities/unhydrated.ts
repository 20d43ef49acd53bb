/** Stands for a value that is still to be hydrated, by a value transformer among others. */
export class Unhydrated {
  readonly stored: unknown

  constructor(stored: unknown) {
    this.stored = stored
  }
}
