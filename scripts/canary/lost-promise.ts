// The linter must find the lost promise below, or it does not see types. It is linted by `npm run lint` alone.
async function work(): Promise<void> {
  await Promise.resolve()
}

work()
