// The plan of a job that is given as a value: an entry that loads neither TypeScript nor the bundler.

export { planGraph } from './5-plan/plan-graph.ts'
