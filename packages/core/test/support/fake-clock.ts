export { FakeClock } from '@freshet/testing'
