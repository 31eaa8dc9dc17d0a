import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.time.Instant;

/** Tells its clocks to whoever asks, as clock_teller.cc does, from a Java virtual machine. */
public class ClockProbe {
    public static void main(String[] arguments) throws Exception {
        DatagramSocket socket = new DatagramSocket(Integer.parseInt(arguments[0]));
        byte[] question = new byte[32];
        while (true) {
            DatagramPacket packet = new DatagramPacket(question, question.length);
            socket.receive(packet);
            Instant now = Instant.now();
            long wall = now.getEpochSecond() * 1_000_000_000L + now.getNano();
            byte[] answer = (wall + " " + System.nanoTime()).getBytes();
            socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
    }
}
