export { held, HeldLoader, settled, stateOf, type Held } from '@freshet/testing'
