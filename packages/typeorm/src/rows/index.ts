export { createProvider } from './provider.js'
export type { Provider } from './provider.js'
