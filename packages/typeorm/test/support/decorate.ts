import type { ObjectLiteral } from 'typeorm'

// Decorators are functions. Called by hand they do what `@Entity()` does, whatever the tool that runs the tests makes of
// the syntax.

type Class = abstract new (...values: never[]) => ObjectLiteral

/** `@decorators class { @a a; @b b }`. */
export function decorate<Entity extends Class>(
  target: Entity,
  decorators: ClassDecorator | readonly ClassDecorator[],
  members: {
    readonly [Name in keyof InstanceType<Entity>]?: PropertyDecorator | readonly PropertyDecorator[]
  },
): void {
  for (const [name, member] of Object.entries(members)) {
    for (const apply of listOf(member as PropertyDecorator)) apply(target.prototype as object, name)
  }
  for (const apply of listOf(decorators)) apply(target as never)
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T]
}
