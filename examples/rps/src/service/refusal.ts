/** A request that is answered with a reason instead of a game. */
export class Refusal extends Error {
  readonly status: 400 | 404 | 409;

  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.name = "Refusal";
    this.status = status;
  }
}
