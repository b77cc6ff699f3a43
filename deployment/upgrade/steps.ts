// The steps of an upgrade at which a crash must do no harm. An upgrade can call a function at each of them.
//
// Promises: nothing else happens at these steps.
// Not here: what the function does, such as killing the process (the tests).

/**
 * In this order; `computed` comes each time that the new version has been brought up to a cut of the old one;
 * `in-transaction` lies between the writes of the state's transaction and its commit.
 */
export const UPGRADE_STEPS = [
  'compared',
  'computed',
  'asked',
  'owned',
  'caught-up',
  'staged',
  'outputs-prepared',
  'in-transaction',
  'swapped',
  'outputs-published',
  'cleared',
] as const

type UpgradeStep = (typeof UPGRADE_STEPS)[number]
export type UpgradeSteps = (step: UpgradeStep) => void

export const NO_STEPS: UpgradeSteps = () => {}
