"""The durable inbox: what people write is kept before it is answered, and each answer before it is sent."""
