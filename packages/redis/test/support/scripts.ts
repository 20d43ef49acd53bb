import { beatScript } from '../../src/scripts/beat.js'
import { checkScript } from '../../src/scripts/check.js'
import { claimScript } from '../../src/scripts/claim.js'
import { closeScript } from '../../src/scripts/close.js'
import { enlistScript } from '../../src/scripts/enlist.js'
import { intentScript } from '../../src/scripts/intent.js'
import { listedScript } from '../../src/scripts/listed.js'
import { mintScript } from '../../src/scripts/mint.js'
import { publishedBeatScript } from '../../src/scripts/published-beat.js'
import { putScript } from '../../src/scripts/put.js'
import { readScript } from '../../src/scripts/read.js'
import { releaseScript } from '../../src/scripts/release.js'
import { shareScript } from '../../src/scripts/share.js'

export const scripts = [
  readScript,
  mintScript,
  intentScript,
  closeScript,
  putScript,
  beatScript,
  publishedBeatScript,
  checkScript,
  enlistScript,
  listedScript,
  shareScript,
  claimScript,
  releaseScript,
] as const
